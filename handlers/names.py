"""What people call the members of our enums. Chinese stands in the catalogue."""

from __future__ import annotations

from enum import StrEnum

from dialog.words import Label, _
from models.attachment import FileKind
from models.complaint import ComplaintKind, Severity, Stage
from models.customer import Grade, Industry, Region
from models.person import Role
from models.questionnaire import Occasion
from models.sheet import SheetKind
from models.visit import Outcome, VisitKind

NAMES: dict[StrEnum, Label] = {
    Role.REP: _("Rep"),
    Role.MANAGER: _("Manager"),
    Role.ADMIN: _("Administrator"),
    Role.CUSTOMER: _("Customer's contact"),
    Grade.A: _("A · key partner"),
    Grade.B: _("B · steady"),
    Grade.C: _("C · potential or new"),
    Industry.MACHINERY: _("Machinery"),
    Industry.METALLURGY: _("Metallurgy"),
    Industry.ENERGY: _("Energy"),
    Industry.CHEMICALS: _("Chemicals"),
    Industry.AUTOMOTIVE: _("Automotive"),
    Industry.ELECTRONICS: _("Electronics"),
    Industry.FOOD: _("Food"),
    Industry.MINING: _("Mining"),
    Industry.TRADE: _("Trade"),
    Industry.OTHER: _("Other industry"),
    Region.EAST: _("East China"),
    Region.NORTH: _("North China"),
    Region.NORTHEAST: _("Northeast China"),
    Region.CENTRAL: _("Central China"),
    Region.SOUTH: _("South China"),
    Region.SOUTHWEST: _("Southwest China"),
    Region.NORTHWEST: _("Northwest China"),
    Region.ABROAD: _("Abroad"),
    VisitKind.ROUTINE: _("Routine visit"),
    VisitKind.AFTER_SALES: _("After-sales visit"),
    VisitKind.BUSINESS: _("Business talks"),
    VisitKind.CARE: _("Courtesy visit"),
    VisitKind.CALL: _("Phone call"),
    Outcome.GOOD: _("😊 Went well"),
    Outcome.OPEN: _("⏳ To be followed up"),
    Outcome.PROBLEM: _("⚠️ There is a problem"),
    Outcome.NOBODY: _("🚪 Nobody there"),
    Stage.RECEIVED: _("Received"),
    Stage.ACKNOWLEDGED: _("Acknowledged"),
    Stage.INVESTIGATING: _("Investigating"),
    Stage.RESOLVED: _("Resolved"),
    Stage.FED_BACK: _("Fed back"),
    Severity.S1: _("S1 · urgent"),
    Severity.S2: _("S2 · major"),
    Severity.S3: _("S3 · ordinary"),
    Severity.S4: _("S4 · minor"),
    ComplaintKind.QUALITY: _("Product quality"),
    ComplaintKind.DELIVERY: _("Delivery"),
    ComplaintKind.SERVICE: _("Service"),
    ComplaintKind.PAPERWORK: _("Papers and invoices"),
    ComplaintKind.OTHER: _("Something else"),
    Occasion.COMPLAINT: _("After a complaint"),
    Occasion.VISIT: _("After a visit"),
    SheetKind.CUSTOMERS: _("Customers"),
    SheetKind.CONTACTS: _("Contacts"),
    SheetKind.ORDERS: _("Orders"),
    FileKind.PHOTO: _("Photo"),
    FileKind.VOICE: _("Voice message"),
    FileKind.DOCUMENT: _("Document"),
    FileKind.VIDEO: _("Video"),
}
