"""The ground the simulator stands on, which knows of no incubator: columns, keyed luck, distributions, fields, files."""
