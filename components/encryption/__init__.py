"""Customer-managed KMS keys for what the other components store. No data lives here."""

from components.encryption.key import EncryptionKey, EncryptionKeyArgs, own_log_key

__all__ = ["EncryptionKey", "EncryptionKeyArgs", "own_log_key"]
