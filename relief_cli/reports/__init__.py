"""Reports: a batch's lists, workbooks and manifest, rendered from its tables alone."""
