"""All seven posts of the demo, newest first."""

from home.demo.article import ARTICLE
from home.demo.posts_home import HOME_POSTS
from home.demo.posts_visit import VISIT_POSTS

POSTS = (ARTICLE, *VISIT_POSTS, *HOME_POSTS)
