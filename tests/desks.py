"""A shared ledger as the page on shared ledgers sets it up: an owner, clerks, auditors."""

from dataclasses import dataclass

from relief_cli.ledger import Ledger
from relief_cli.ledger.roles import roles_at


@dataclass(frozen=True)
class Desks:
    """The same ledger by the address of each role, and the roles' names."""

    owner: str
    clerk: str
    auditor: str

    @property
    def names(self):
        """Give the names of the logins."""
        return {key: address.split("//")[1].split("@")[0] for key, address in vars(self).items()}


def new_desks(server, *, made=True):
    """Make a database with an owner who may do nothing else, and a login for each other role.

    Args:
        server: of PostgreSQL.
        made: whether the ledger is there before the rights are given.
    """
    address = server.new_database(owner=server.new_login("owner"))
    with server.connect(address) as connection:
        name = address.rpartition("/")[2]
        connection.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
    if made:
        Ledger.open(address, make=True)
    roles = give_rights(server, address)
    if not made:
        Ledger.open(address, make=True)
    users = server.new_login("clerk", roles.clerk), server.new_login("auditor", roles.auditor)
    return Desks(address, *(server.address(name, user) for user in users))


def give_rights(server, address):
    """Do what the SQL of ``relief share --roles`` says, as the server's administrator would."""
    roles = roles_at(address)
    with server.connect(address) as connection:
        connection.execute(roles.sql(str))
    return roles
