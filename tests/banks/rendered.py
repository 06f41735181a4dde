"""A batch's bank files, planned and made as a run does it."""

from relief_cli.banks.planning import plan_files
from relief_cli.banks.writing import Job, render_job, require_all_in_files


def rendered(payments, templates, context, planned=None):
    """Give the planned files and the bytes of each."""
    if planned is None:
        planned = plan_files(payments, templates, context)
    job = Job(planned, payments, templates, context)
    require_all_in_files(job)
    return planned, render_job(job, 0, len(planned))
