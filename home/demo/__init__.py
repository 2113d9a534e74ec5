"""
The sample site: a small fictional clinic, with everything an editor or moderator would meet.

`load.load()` fills an empty site in one transaction; `manage.py load_demo` calls it. `plan.make()` says what
is still the demo, and `removal.remove()` removes that; `manage.py remove_demo` calls both.

* `people` authors, categories and staff · `pages` the pages around the blog · `article`, `posts_visit`,
  `posts_home` the seven posts (`posts` lists them) · `comments`, `messages` what readers wrote
* `illustrations` the illustrations and their alternative texts; the files are in `pictures/`, drawn in
  `pictures/sources/*.svg`
* `shapes` the shapes of all this
* `checks` warns an owner that the demo is public
* `record` what of a site is the demo, and what was changed · `uses` what of it is used by something else
* `texts` what each page says, as fields · `planting` makes the pages · `replay` sends the comments and
  messages as readers do

People, places and events are invented. Addresses end in example.org or example.net, telephone numbers are
from the range that Ofcom reserves for fiction (01632 960000 to 960999).
"""
