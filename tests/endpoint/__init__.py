"""The local AWS endpoint, asked with boto3, awscli and psycopg as a user would."""
