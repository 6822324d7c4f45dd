"""What a report lacks."""


def lacking(data, columns):
    """What tables lack, one clause a column: columns are {name of a table in data: columns that it must have}."""
    return [
        f"{table} lacks the column '{column}'"
        for table, wanted in columns.items()
        for column in wanted
        if column not in getattr(data, table).columns
    ]
