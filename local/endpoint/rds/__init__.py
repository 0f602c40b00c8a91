"""The data side of RDS: a PostgreSQL server for each instance that moto's RDS describes.

moto keeps the description; here it is checked more strictly and made true. What a request
means is moto's business, except where moto.rds is changed (see local.endpoint.rds.install).
"""

from local.endpoint.rds.install import install
from local.endpoint.rds.plane import DataPlane

__all__ = ["DataPlane", "install"]
