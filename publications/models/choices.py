"""What an editor chooses from for a publication."""

from django.db import models


class Licence(models.TextChoices):
    UNKNOWN = "", "onbekend"
    CC0 = "CC0 1.0", "CC0 1.0"
    BY = "CC BY 4.0", "CC BY 4.0"
    BY_SA = "CC BY-SA 4.0", "CC BY-SA 4.0"
    BY_NC = "CC BY-NC 4.0", "CC BY-NC 4.0"
    BY_ND = "CC BY-ND 4.0", "CC BY-ND 4.0"
    BY_NC_SA = "CC BY-NC-SA 4.0", "CC BY-NC-SA 4.0"
    BY_NC_ND = "CC BY-NC-ND 4.0", "CC BY-NC-ND 4.0"
    BY_NC_ND_3 = "CC BY-NC-ND 3.0 NL", "CC BY-NC-ND 3.0 NL"
    RESERVED = "alle-rechten", "alle rechten voorbehouden"

    @property
    def address(self) -> str:
        """Return the address of the licence text, or nothing when there is none."""
        if self == Licence.CC0:
            return "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"
        if not self.value.startswith("CC BY"):
            return ""
        _, terms, version, *country = self.value.lower().split()
        return (
            f"https://creativecommons.org/licenses/{'/'.join([terms, version, *country])}/deed.nl"
        )


class Access(models.TextChoices):
    UNKNOWN = "", "onbekend"
    OPEN = "vrij", "ja, vrij te lezen"
    REGISTRATION = "registratie", "na registratie"
    PAID = "betaald", "tegen betaling"


class Language(models.TextChoices):
    NL = "nl", "Nederlands"
    EN = "en", "Engels"
    DE = "de", "Duits"
    FR = "fr", "Frans"
    FY = "fy", "Fries"
    OTHER = "mul", "andere taal"
