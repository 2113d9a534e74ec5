"""
Text that people typed: cleaned, bounded, compared, shown. Everything takes time in step with its length.

    cleaning       what is kept of what was typed
    marks          combining marks, bounded before anything normalises them
    words          whole words in any script, for lists and slugs
    linking        plain text as HTML, with web addresses as links
    mail_parts     the parts of a plain text mail, for its HTML
    numbers        ids and versions in what was typed
    cells          cells of a spreadsheet that run nowhere
    mail_address   what an e-mail address is
    embedding      data inside a page, as a script element that runs nothing
    fields         form fields that do all this
    tidy           texts of models without characters that XML, a workbook or a header cannot hold
"""
