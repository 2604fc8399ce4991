"""What goes wrong when transactions run at the same time, found by running them interleaved on the embedded server.

    for anomaly in anomalies(database, schema, transactions): ...

Two transactions are correct together if whatever they do interleaved could also have happened one after the other. That is executed: every
interleaving of two transactions' statements on generated rows, beside both serial orders.
"""
