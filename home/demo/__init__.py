"""
The sample site: a small clinic that does not exist, with everything an editor or moderator would meet.

`load.load()` fills an empty site in one transaction and is the only door; `manage.py load_demo` calls it.

* `people` authors, categories and staff · `pages` the pages around the blog · `article`, `posts_visit`,
  `posts_home` the seven posts (`posts` lists them) · `comments`, `messages` what readers wrote
* `illustrations` the illustrations and their alternative texts; the files lie in `pictures/`, drawn in
  `pictures/sources/*.svg`
* `blocks` constructors for StreamField values · `shapes` the shapes of all this
* `planting` makes pages of it · `replay` sends the comments and messages the way readers do

People, places and events are invented. Addresses end in example.org or example.net, telephone numbers are
from the range that Ofcom keeps for fiction (01632 960000 to 960999).
"""
