"""Common ground of studies: options typed, scenarios named, pairs gathered, a decision and its sample."""
