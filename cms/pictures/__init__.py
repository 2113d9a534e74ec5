"""
Pictures in their sizes.

    specs        the shapes in which they are drawn
    renditions   the rendition that is requested, or a placeholder; reading draws nothing
    api          a picture for programs, in every size that is drawn
    views        files below /media/images/
"""
