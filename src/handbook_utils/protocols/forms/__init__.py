"""Answers from another program: exports of REDCap and Castor, brought into the columns of this handbook by a map."""
