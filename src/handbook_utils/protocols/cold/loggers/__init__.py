"""Files of temperature loggers: forms by maker, dates whose order is found or asked, columns and units."""
