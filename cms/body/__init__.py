"""
The body of a page, written in blocks.

    fields       a stream of blocks that migrations reference instead of spelling out
    blocks       the blocks, their values, and their form in the API
    api          that form as schemas, one for each block
    page_links   which pages a body links to and the reader may open, found in one query
    editor       links to pages in the rich text editor
    dead_links   warns editors of links that lead nowhere
"""
