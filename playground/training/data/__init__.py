"""The samples: data sets that are drawn, and data of one's own."""
