"""Indonesian as news and people write it: words, dates, periods, regions, spelling."""
