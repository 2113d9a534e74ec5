"""
The `serve` command behind `make run`, and its tools.

`preparation` is what comes first · `questions` are asked once, at a terminal · `static_files` are collected
when they changed · `children` are processes, forked from one that has loaded the site · `web_server` is what
one of them does · `embed` is what a page elsewhere needs for comments
"""
