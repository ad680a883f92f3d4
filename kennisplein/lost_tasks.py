"""
Tasks of a worker that was killed.

django-tasks-db marks a task as running when a worker takes it, and leaves it so when that worker
dies: then nobody ever does it. Ours are safe to do again, so they go back into the queue.
"""

import logging
import os
import socket
from datetime import timedelta

import psutil
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

# For a worker on another machine, of which we cannot see whether it lives.
LOST_AFTER = timedelta(hours=1)
FREE_TIMES = 3
LONGEST_WAIT = timedelta(minutes=10)


def own_worker_id() -> str:
    """Return a name for this process that says where and what it is, at most 64 characters."""
    return f"{_machine()}:{os.getpid()}:{_started(os.getpid())}"


def put_back_lost_tasks() -> int:
    """
    Make tasks whose worker has died ready again. Return how many.

    One that is lost often waits longer each time, so that a task that takes its worker down does
    not keep the others back.
    """
    back = 0
    for task in DBTaskResult.objects.running():
        if not _is_lost(task):
            continue
        changes = {"status": TaskResultStatus.READY, "started_at": None}
        times = len(task.worker_ids)
        if times > FREE_TIMES:
            wait = min(timedelta(seconds=2 ** min(times - FREE_TIMES, 12)), LONGEST_WAIT)
            changes["run_after"] = timezone.now() + wait
        same = Q(pk=task.pk, status=TaskResultStatus.RUNNING, worker_ids=task.worker_ids)
        back += DBTaskResult.objects.filter(same).update(**changes)
        logger.warning("Task %s (%s) was lost with its worker", task.pk, task.task_path)
    return back


def _is_lost(task: DBTaskResult) -> bool:
    machine, _, process = (task.worker_ids[-1] if task.worker_ids else "").partition(":")
    pid, _, started = process.partition(":")
    if machine == _machine() and pid.isdigit():
        return _started(int(pid)) != started
    return task.started_at is None or task.started_at < timezone.now() - LOST_AFTER


def _machine() -> str:
    return socket.gethostname().replace(":", "-")[:30]


def _started(pid: int) -> str:
    """Return when a process started, which tells it from a later one with the same number."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return str(round(process.create_time() * 100))
    except psutil.Error:
        return ""
