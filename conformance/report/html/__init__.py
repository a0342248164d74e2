"""report.html: one page of one file, without script, that stands alone."""
