"""Which regions an article is of, for filters to ask; no question is answered from them."""
