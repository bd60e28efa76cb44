"""Commands: how a study is saved, and where its images lie."""
