"""Statistical methods, arrays in and arrays out: they know neither the model nor a study."""
