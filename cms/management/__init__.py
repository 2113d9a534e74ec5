"""The `serve` command behind `make run`, and its two tools: `children` (processes) and `static_files`."""
