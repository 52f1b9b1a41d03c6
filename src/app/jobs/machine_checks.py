"""The doctor's checks of machine, store and engine: pure, each over the facts it is given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from app.jobs.findings import Facts, Finding, ok, warning, wrong

NETWORK_FILE_SYSTEMS = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs"),
        *("fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    )
)
"""Where SQLite's locks and its write-ahead log cannot be trusted (sqlite.org/wal.html)."""
LITTLE_SPACE, SOME_SPACE = 200 * 10**6, 10**9
STUCK_AFTER = timedelta(hours=1)
"""A flow's parts take seconds to minutes; the longest scan measured takes less than this."""
RECENTLY = timedelta(days=1)
SKEW_WARNING, SKEW_WRONG = 2.0, 60.0
"""Seconds: intents are aged by the database's clock, scans are dated by ours."""


def data_folder(facts: Facts) -> Iterator[Finding]:
    """Whether it can be written, and is on a disk of this machine."""
    about, folder = "data folder", facts.folder
    if folder.write_error:
        yield wrong(
            about,
            f"nothing can be written in {folder.path}: {folder.write_error}",
            "give this user the right to write there, or set TEND_HOME to another folder",
        )
    elif not folder.is_there:
        yield ok(about, f"{folder.path} is not there yet; the first command makes it")
    else:
        yield ok(about, f"{folder.path} can be written")
    if folder.filesystem in NETWORK_FILE_SYSTEMS and folder.holds_store:
        yield warning(
            about,
            f"it is on a network file system ({folder.filesystem}), where SQLite's locks cannot be "
            "trusted: the store may be damaged",
            "set TEND_HOME to a local disk, or TEND_DATABASE_URL to PostgreSQL",
        )


def disk_space(facts: Facts) -> Iterator[Finding]:
    """Whether a scan and a backup find room."""
    about, free, store = "disk space", facts.folder.free_bytes, facts.store.size_bytes
    says = f"{_size(free)} are free"
    mend = "free some space on the disk of TEND_HOME"
    if free < LITTLE_SPACE:
        yield wrong(about, f"{says}: a scan may stop half way, to go on once there is room", mend)
    elif free < max(SOME_SPACE, store):
        yield warning(about, f"{says}, and the store is {_size(store)}", mend)
    else:
        yield ok(about, says)


def store(facts: Facts) -> Iterator[Finding]:
    """Whether it opens, and of which Tend it is."""
    about, found = "store", facts.store
    if found.trouble:
        yield wrong(about, found.trouble, "mend TEND_DATABASE_URL, or start its server")
    elif found.revision is None:
        yield warning(about, f"there is none yet in {found.where}", "tend import DIR makes it")
    elif found.is_newer:
        yield wrong(
            about,
            f"it was made by a newer Tend (schema {found.revision})",
            "update Tend, or set TEND_HOME or TEND_DATABASE_URL to another store",
        )
    elif not found.is_at_head:
        yield warning(
            about,
            f"its schema {found.revision} is of an earlier Tend: the next command brings it up "
            "to date",
            "tend backup FILE.tar.gz first, then any command",
        )
    else:
        yield ok(about, f"{found.where} opens; its schema {found.revision} is up to date")


def clock(facts: Facts) -> Iterator[Finding]:
    """Whether the database's clock agrees with ours; on SQLite they are one."""
    if facts.store.is_sqlite or facts.store.trouble:
        return
    about, skew = "clock", facts.store.skew_seconds
    says = f"the database's clock is {abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} ours"
    mend = "have both machines keep time (NTP)"
    if abs(skew) >= SKEW_WRONG:
        yield wrong(about, f"{says}: days and retries go wrong", mend)
    elif abs(skew) >= SKEW_WARNING:
        yield warning(about, says, mend)
    else:
        yield ok(about, "the database's clock agrees with ours")


def service(facts: Facts) -> Iterator[Finding]:
    """Whether anything happens by itself."""
    living = sorted(facts.store.living)
    if living:
        yield ok("service", f"at work: {', '.join(living)}")
    elif facts.store.revision is not None:
        says = "none runs: nothing happens by itself, only what a command starts"
        yield warning("service", says, "tend run")


def systems(facts: Facts) -> Iterator[Finding]:
    """Whether those that the settings name can be used."""
    for system in facts.systems:
        if system.trouble:
            yield wrong(system.name, system.trouble, system.mend)
        else:
            yield ok(system.name, "can be used")


def flows(facts: Facts) -> Iterator[Finding]:
    """Whether all that were begun get on: the gravest trouble is told."""
    about, found = "flows", facts.flows
    if found.trouble and facts.store.trouble:
        return  # the same database, most likely, and told already
    if found.trouble:
        says = f"their database cannot be read: {found.trouble}"
        yield wrong(about, says, "put flows.sqlite3 aside: work owed gets new flows of the store")
        return
    stuck = [flow for flow in found.running if facts.now - flow.updated_at > STUCK_AFTER]
    left = [flow for flow in found.running if flow.worker not in facts.store.living]
    old = [flow for flow in found.queued if facts.now - flow.created_at > STUCK_AFTER]
    failed = [flow for flow in found.failed if facts.now - flow.updated_at < RECENTLY]
    if stuck:
        yield warning(
            about,
            f"{_such(stuck[0].flow_id, len(stuck))} under way for more than an hour",
            "tend runs; restart the service: flows go on where they are",
        )
    elif left:
        yield warning(
            about,
            f"{_such(left[0].flow_id, len(left))} left by a process that ended",
            "tend run, or the next tend scan, takes them up",
        )
    elif old:
        yield warning(
            about,
            f"{_such(old[0].flow_id, len(old))} waiting for more than an hour to be begun",
            "tend run",
        )
    elif failed:
        yield warning(about, f"{_such(failed[0].flow_id, len(failed))} failed today", "tend runs")
    else:
        there = f"{len(found.running)} under way, {len(found.queued)} queued"
        yield ok(about, there if found.there else "none yet")


def _such(flow_id: str, count: int) -> str:
    return flow_id if count == 1 else f"{count}, such as {flow_id},"


def _size(many: int) -> str:
    return f"{many / 1e9:,.1f} GB" if many >= 10**9 else f"{many / 1e6:,.0f} MB"
