"""The systemd units: systemd's own checks, and the program run as the unit would run it.

The run needs root and a mount namespace: another user, no capabilities, no new privileges, a file system that can be
read only but for the state directory, an empty environment; then SIGTERM to the main process alone (KillMode=mixed).
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from .docker import deadline
from .permissions import free_port
from .tools import output, which

# `systemd-analyze security` counts exposure from 0 to 10; 1.4 is what this unit has.
MOST_EXPOSED = 1.5
UNITS = ("news-ingest.service", "news-ingest@.service", "news-ingest-feeds.service")


def run(have, work):
    source = have.deploy / "systemd"
    for name in UNITS:
        text = (source / name).read_text()
        stop = int(re.search(r"(?m)^TimeoutStopSec=(\d+)", text)[1])
        least = deadline(have) + (20 if name == UNITS[0] else 0)
        yield f"systemd: {name} stop limit above the drain", stop > least, f"{stop} s above {least} s"
    if which("systemd-analyze") and have.binary:
        units = work / "units"
        units.mkdir()
        for name in UNITS:
            # Only that the program is somewhere else here; verify looks for it.
            text = (source / name).read_text().replace("/usr/bin/news-ingest", str(have.binary))
            (units / name.replace("@.", "@1.")).write_text(text)
        paths = [units / name.replace("@.", "@1.") for name in UNITS]
        code, said = output(["systemd-analyze", "verify", "--man=no", *paths])
        yield "systemd: systemd-analyze verify", code == 0 and not said, said or "nothing found"
        for path in paths:
            code, said = output(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", path])
            level = re.search(r"exposure level for \S+: ([\d.]+)", said)
            yield f"systemd: exposure of {path.name}", code == 0 and bool(level), level and f"{level[1]} of 10, at most {MOST_EXPOSED}" or said
    else:
        yield "systemd: systemd-analyze verify and security", None, have.missing.get("binary", "no systemd-analyze")
    yield from as_the_unit(have, work)


def as_the_unit(have, work):
    check = "systemd: runs and stops as news-ingest.service would"
    if not have.binary or not have.nats_server:
        yield check, None, have.missing.get("binary") or have.why_not("nats-server")
        return
    if os.geteuid() != 0 or not which("unshare") or not which("setpriv") \
            or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        yield check, None, "needs root with mount namespaces"
        return
    state, tools = work / "state", work / "bin"
    for directory in (state, tools):
        directory.mkdir()
        directory.chmod(0o755)
    os.chown(state, 65534, 65534)
    shutil.copy(have.binary, tools / "news-ingest")
    shutil.copy(have.nats_server, tools / "nats-server")
    unit = (have.deploy / "systemd" / UNITS[0]).read_text()
    environment = dict(re.findall(r"(?m)^Environment=([A-Z_]+)=(\S+)", unit))
    config = tools / "news-ingest.toml"
    shutil.copy(have.root / "config/news-ingest.toml", config)
    port, log = free_port(), work / "unit.log"
    # Only where this machine differs: another place of the file, a free port, and streams that reserve little disk.
    environment |= {"NEWS_INGEST_CONFIG": config, "NEWS_INGEST__NATS__EMBEDDED__LISTEN": f"127.0.0.1:{port}",
                    "NEWS_INGEST__STREAMS__RAW_MAX_MIB": "64", "NEWS_INGEST__STREAMS__OUT_MAX_MIB": "64",
                    "NEWS_INGEST__WORKER__TOTALS_INTERVAL_SECS": "1"}
    before, main = (re.search(rf"(?m)^{key}=/usr/bin/news-ingest (.*)$", unit)[1] for key in ("ExecStartPre", "ExecStart"))
    script = """set -e
        mount --make-rprivate /
        mount --bind "$1" "$1"
        mount -o remount,ro,bind /
        cd "$1"
        if touch /usr/read-only-root 2>/dev/null; then echo "root can be written"; exit 97; fi
        shift
        exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all env -i "$@"
    """
    variables = [f"{key}={value}" for key, value in environment.items()]

    def confined(arguments):
        command = ["unshare", "-m", "sh", "-c", script, "sh", state, f"PATH={tools}:/usr/bin:/bin", *variables,
                   tools / "news-ingest", *arguments.split()]
        return [str(part) for part in command]

    code, said = output(confined(before))
    yield f"systemd: ExecStartPre `{before}`", code == 0, said or "exit 0"
    with log.open("w") as out:
        child = subprocess.Popen(confined(main), stdout=out, stderr=out)
    until = time.monotonic() + 20
    while '"event":"totals"' not in log.read_text() and time.monotonic() < until and child.poll() is None:
        time.sleep(0.1)
    started = '"event":"start"' in log.read_text()
    child.send_signal(signal.SIGTERM)
    try:
        code = child.wait(30)
    except subprocess.TimeoutExpired:
        child.kill()
        code = "none: killed"
    text = log.read_text()
    orphan = is_open(port)
    good = started and code == 0 and '"event":"broker_stopped"' in text and not orphan
    yield check, good, f"exit {code}, drained, broker stopped after it" if good else f"exit {code}: {text[-400:]}"
    kept = [p for p in Path(state).rglob("*") if p.is_file()]
    yield "systemd: all that it wrote is in the state directory", bool(kept) and all(p.stat().st_uid == 65534 for p in kept), f"{len(kept)} files"


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
