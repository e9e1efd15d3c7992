"""The routes: the API's and the pages'."""
