"""
Pictures from upload to page.

    uploads       what may be uploaded, and why anything else is refused
    camera_data   removes where and with what a picture was taken
    cleaning      the same for pictures uploaded earlier
    shapes        which pictures a page shows, and in which sizes
    drawing       draws them: when a page is published, and by the worker
    titles        draws the titles of posts for shared links, where they have no picture
    admin         shows staff which pictures cannot be drawn
"""
