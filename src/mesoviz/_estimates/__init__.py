"""Frame or array in, frame or array out: intervals, rates, counted patients, pooled effects. No drawing."""
