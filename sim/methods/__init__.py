"""Statistical methods, arrays in and arrays out. They know no parameter, lever or measure by name, and no study."""
