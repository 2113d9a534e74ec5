"""The files for containers: each image they start from is named by its digest, with the version it is of."""

import re
from pathlib import Path

import yaml

import cms

ROOT = Path(cms.__file__).parents[1]
PINNED = re.compile(r"[a-z]+:\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}")
BUILT_HERE = {"packages"}


def test_a_build_starts_from_images_by_digest():
    file = (ROOT / "Dockerfile").read_text()
    given = dict(re.findall(r"^ARG (\w+)=(\S+)$", file, re.M))
    starts = [
        re.sub(r"\$\{(\w+)\}", lambda name: given[name[1]], each)
        for each in re.findall(r"^FROM (\S+)", file, re.M)
    ]
    copied = re.findall(r"--from=(\S+)", file)

    assert len(starts) > 1
    assert [each for each in starts if not PINNED.fullmatch(each)] == []
    assert set(copied) <= BUILT_HERE


def test_so_does_every_service_that_is_not_built():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    images = [service["image"] for service in services.values() if "build" not in service]

    assert images
    assert [each for each in images if not PINNED.fullmatch(each)] == []
