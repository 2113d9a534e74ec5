"""The door and the ground floor: settings, addresses, the API, the vault for e-mail addresses and the outbox.

`settings/` what the environment may say · `urls` `api` `wsgi` the doors · `csp` what a page may load ·
`health` what a monitor asks · `management/` the `serve` command behind `make run` ·
`vault` addresses at rest · `cross_site` who may post from where · `problems` how the API says no ·
`outage` what is said while the database is away · `forgiving_cache` a Redis that may be away ·
`local_cache` what a process keeps without one ·
`password_reset` the same answer to everybody · `quiet_log` no address in the log ·
`outbox/` everything that leaves.
Imports run one way: the doors know `home` and `blog`; `outbox` and `vault` know neither.
"""
