"""
Files and locks of the machine.

    private_files   DATA_DIR is its owner's alone
    site_lock       no restore while anything else uses the site
    transactions    a transaction tried again when another one wrote the same thing first
    sqlite/         an engine that lets commands run beside the site
"""
