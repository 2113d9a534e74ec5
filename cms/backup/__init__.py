"""
One file that holds the whole site but its keys, made while it runs, and the way back.

    manifest    what a backup is of: version, migrations, kind of database, fingerprints of the keys
    archive     the file: a tar written, read again and compared, unpacked
    databases   a snapshot of SQLite or PostgreSQL, and its return
    files       media and attachments, as they are beside the snapshot
    keys        the secrets, apart
    making      `manage.py backup`
    restoring   `manage.py restore`
"""
