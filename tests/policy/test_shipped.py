"""Shipped packs load by name, from the checkout and from an installed wheel."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from visitcheck.policy import load_policy, shipped

ROOT = Path(__file__).resolve().parents[2]


def test_the_root_is_the_checkout() -> None:
    """Without a wheel the packs are those of the repository, where editing one shows at once."""
    assert Path(str(shipped.packs_root())) == ROOT / "rules"


def test_pack_ids_say_where_packs_are() -> None:
    """`base.risk` is `rules/base/risk.yaml`, `base` `rules/base/base.yaml`, `cn.law.home` `rules/cn/law-home.yaml`."""
    for folder, path in shipped.folders().items():
        for file in shipped.pack_files(path):
            pack_id = re.search(r"^pack:\s*(\S+)", file.read_text("utf-8"), re.M)
            assert pack_id is not None
            stem, prefix = file.name.removesuffix(".yaml"), folder.replace("/", ".")
            below = pack_id[1].removeprefix(f"{prefix}.")
            assert below.replace(".", "-") == stem.replace(".", "-")
            assert below != pack_id[1] or pack_id[1] == folder


@pytest.mark.long
@pytest.mark.parametrize("name", shipped.names())
def test_each_shipped_folder_loads(name: str) -> None:
    """A folder is a policy, and loads without problems."""
    policy = load_policy(name)

    assert policy.rules
    assert policy.digest == load_policy(ROOT / "rules" / name).digest


def test_a_pack_loads_by_id_and_by_path() -> None:
    """The same pack either way; only the name that messages show differs."""
    folder = shipped.names()[0]
    file = shipped.pack_files(shipped.folders()[folder])[-1]
    by_path = load_policy(ROOT / "rules" / folder / file.name)

    assert load_policy(by_path.packs[-1].id).digest == by_path.digest


def test_packs_beside_a_file_are_found(tmp_path: Path) -> None:
    """A company's packs may use each other, and shipped ones, when only one of them is named."""
    head = "title: {en: P, zh: 包}\nversion: 1.0.0\n"
    used = shipped.names()[0] + "." + "record"
    (tmp_path / "one.yaml").write_text(f"pack: company.one\n{head}uses: [company.two]\n", encoding="utf-8")
    (tmp_path / "two.yaml").write_text(f"pack: company.two\n{head}uses: [{used}]\n", encoding="utf-8")
    (tmp_path / "two.cases.yaml").write_text("pack: company.two\nbroken: [", encoding="utf-8")

    policy = load_policy(str(tmp_path / "one.yaml"))
    assert [pack.id for pack in policy.packs][-3:] == [used, "company.two", "company.one"]


@pytest.mark.long
def test_an_installed_wheel_loads_them_too(tmp_path: Path) -> None:
    """The packs inside a wheel give the digests that the checkout gives."""
    wheels, target = tmp_path / "wheels", tmp_path / "site"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    script = (
        "import json; from visitcheck.policy import load_policy, shipped;"
        "print(json.dumps([str(shipped.packs_root()), {n: load_policy(n).digest for n in shipped.names()}]))"
    )
    environment = {"PYTHONPATH": str(target), "PATH": ""}
    run = subprocess.run([sys.executable, "-c", script], env=environment, cwd=tmp_path, check=True, capture_output=True)

    root, digests = json.loads(run.stdout)
    assert root == str(target / "visitcheck" / "_rules")
    assert digests == {name: load_policy(name).digest for name in shipped.names()}
