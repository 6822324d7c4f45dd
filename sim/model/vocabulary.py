"""Words of the model: tiers, needs, grades, origins, places."""

TIERS = ("general", "skilled", "high_level")
NEEDS = ("technology", "testing", "talent", "finance", "market")
OPERATOR_GRADES = ("D", "C", "B", "A")  # capability 0, 1, 2, 3
ORIGINS = ("local", "university", "mover", "outsider")
PLACES = ("district", "city", "gone")
TECHNOLOGY, TESTING, FINANCE = (NEEDS.index(name) for name in ("technology", "testing", "finance"))
LEVEL_KINDS = (TECHNOLOGY, NEEDS.index("market"))
