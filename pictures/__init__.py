"""Pictures for links that are shared: drawn with Pillow in the look of the site, from words and states alone."""
