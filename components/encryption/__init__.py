"""Customer-managed KMS keys for what the other components store. No data lives here."""

from components.encryption.key import EncryptionKey, EncryptionKeyArgs, log_key

__all__ = ["EncryptionKey", "EncryptionKeyArgs", "log_key"]
