"""nginx and Caddy on loopback, by the files of docs/proxy/ with other ports and a certificate of ours."""

import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.smtp_peer import free_port

FILES = Path(__file__).parents[3] / "docs" / "proxy"
NAME = "www.example.org"
STARTS_WITHIN = 20.0  # seconds
ELSEWHERE = "127.0.0.250"  # of a client that nginx takes for the one it names in X-Elsewhere
NGINX = """
daemon off;
user {user} {group};
pid {folder}/pid;
error_log {folder}/log warn;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    gzip on;
    set_real_ip_from {elsewhere};
    real_ip_header X-Elsewhere;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class Proxy(NamedTuple):
    kind: str
    http: int
    https: int
    certificate: Path

    def connect(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """Return a line on TLS. Every address below 127 is this machine's, and another client to the site."""
        trust = ssl.create_default_context(cafile=self.certificate)
        trust.set_alpn_protocols(["http/1.1"])
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=30, source_address=(source, 0))
        return trust.wrap_socket(plain, server_hostname=NAME)

    def ask(
        self, method: str, path: str, body: bytes | None = None, source: str = "127.0.0.1", **headers: str
    ) -> HTTPResponse:
        door = HTTPConnection("127.0.0.1", self.https)
        door.sock = self.connect(source)
        named = {name.replace("__", "-"): value for name, value in headers.items()}
        door.request(method, path, body, {"Host": NAME, **named})
        answer = door.getresponse()
        answer.content = answer.read()
        door.close()
        return answer


def require(program: str) -> str:
    """Return the path of a program. Without it a test fails in CI, and is skipped elsewhere."""
    path = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        reason = f"no {program} (Debian: apt install nginx-light caddy)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return path


@contextmanager
def proxy(kind: str, site: int, folder: Path) -> Iterator[Proxy]:
    program = require(kind)
    made = Proxy(kind, free_port(), free_port(), folder / "certificate.pem")
    write_certificate(made.certificate, folder / "key.pem")
    write = write_nginx if kind == "nginx" else write_caddy
    check, run = write(program, made, site, folder)
    subprocess.run(check, check=True, capture_output=True, env=own(folder), timeout=30)
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(run, stdout=said, stderr=said, env=own(folder))
    try:
        wait_for(made, process, folder)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=30)


def own(folder: Path) -> dict[str, str]:
    """An environment in which Caddy keeps everything in one folder."""
    return {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def write_nginx(program: str, made: Proxy, site: int, folder: Path) -> tuple[list[str], list[str]]:
    text = replaced(
        (FILES / "nginx.conf").read_text(),
        {
            "listen 80": f"listen 127.0.0.1:{made.http}",
            "listen 443": f"listen 127.0.0.1:{made.https}",
            "listen [::]:80": f"listen [::1]:{made.http}",
            "listen [::]:443": f"listen [::1]:{made.https}",
            "/etc/letsencrypt/live/www.example.org/fullchain.pem": str(made.certificate),
            "/etc/letsencrypt/live/www.example.org/privkey.pem": f"{folder}/key.pem",
            "127.0.0.1:8000": f"127.0.0.1:{site}",
        },
    )
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        NGINX.format(folder=folder, user=user, group=group, elsewhere=ELSEWHERE)
    )
    run = [program, "-e", f"{folder}/log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    return [*run, "-t"], run


def write_caddy(program: str, made: Proxy, site: int, folder: Path) -> tuple[list[str], list[str]]:
    named = f"\nhttps://{NAME}:{made.https} {{\n\ttls {made.certificate} {folder}/key.pem"
    ports = f"http_port {made.http}\n\thttps_port {made.https}"
    changes = {
        f"\n{NAME} {{": named,
        "\tadmin off": f"\tadmin off\n\tdefault_bind 127.0.0.1\n\t{ports}",
        "127.0.0.1:8000": f"127.0.0.1:{site}",
    }
    version = subprocess.run([program, "version"], check=True, capture_output=True, text=True).stdout
    if "2.6.2" in version:
        changes |= {
            "request_buffers 256KB": "buffer_requests",
            "response_buffers 256KB": "buffer_responses\n\t\tmax_buffer_size 256KB",
        }
    (folder / "Caddyfile").write_text(replaced((FILES / "Caddyfile").read_text(), changes))
    given = ["--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]
    return [program, "validate", *given], [program, "run", *given]


def replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def write_certificate(path: Path, key_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    )


def wait_for(made: Proxy, process: subprocess.Popen, folder: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            made.connect().close()
            return
        except OSError:
            said = (folder / "said").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
