"""What a crawl of a web site needs: addresses and their traps, pages, sitemaps, good manners."""
