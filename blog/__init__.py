"""
Posts: what an editor writes, what a reader reads, and the doors to both.

    models        a post, its index, its author, category and tags
    tags          one tag for each spelling
    feeds         posts and comments as Atom
    json_ld       a post as schema.org has it
    api/          posts and what readers say of them, as JSON
    comments/     everything readers say, under any page that takes comments
"""
