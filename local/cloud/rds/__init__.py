"""The data side of RDS: a PostgreSQL server for each instance that moto's RDS describes.

moto keeps the description; here it is checked more strictly and made true. What a request
means is moto's business, except where moto.rds is changed (see local.cloud.rds.install).
"""

from local.cloud.rds.install import install
from local.cloud.rds.plane import DataPlane

__all__ = ["DataPlane", "install"]
