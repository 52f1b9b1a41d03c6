"""A Jira that keeps its state and has the traps of the real ones: `JiraDesk`.

Cloud speaks v3 (`POST /rest/api/3/search/jql`, tokens; the old search is gone, with 410), Data
Center v2 (`startAt`). Both take the JQL that we send and refuse any other.
"""
