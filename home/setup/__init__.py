"""
From the demo to a site of one's own, in five steps that can be left and taken up again.

    admin_urls   the page of each step, its preview, the preview's sheet
    views        the steps over HTTP
    demo_views   the last step: keep the demo or remove it
    panel        the dashboard says how far the set-up is
    previews     the front page with values that are not saved
    actions      what a step saves: its own fields and no others, all of them or none
    forms        the fields of each step
    mail         who gets mail, from whom, and which way
    menus        which pages are in the menu, and which can be linked to
    pictures     a picture that is uploaded with a step
    steps        what the steps are, which are done, and who may take them

Everything that a step saves can be changed in Settings as well.
"""
