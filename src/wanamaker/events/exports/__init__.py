"""Reports of search terms and keywords, read as they are downloaded."""
