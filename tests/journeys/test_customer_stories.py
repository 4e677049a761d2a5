"""A customer's file from end to end: what is in it, whose it is, and who may see it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.attachment import Attachment
from models.audit import AuditEntry
from models.contract import Contract
from models.customer import Access, BuyingRole, Contact, Customer
from models.letter import Letter
from models.person import Person, Team
from models.pledge import Pledge
from models.visit import Reminder, Visit
from tests.conftest import added
from tests.journeys.conftest import Story
from tests.journeys.hand import Hand
from tests.pictures import PDF


def contract(session: Session) -> Contract:
    return session.scalars(select(Contract)).one()


async def opens_the_file(hand: Hand) -> None:
    await hand.says("/customer 华东轴承有限公司", "负责人")
    await hand.taps("⋯ 更多", "华东轴承有限公司")
    await hand.taps("🗂 档案", "所有制")


async def test_two_files_of_one_firm_become_one_and_old_buttons_lead_there(story: Story):
    zhao, chen = story.zhao, story.chen
    await zhao.says("/visit 华东轴承厂 看了备件库", "没有找到")
    await zhao.taps("➕ 新增“华东轴承厂”", "华东轴承有限公司")
    await zhao.taps("是另一家，新增", "看了备件库")
    saved = await zhao.taps("😊 顺利", "V00001")

    await opens_the_file(chen)
    await chen.taps("🔗 合并", "华东轴承厂")
    preview = await chen.taps("华东轴承厂", "拜访记录：1")
    assert "华东轴承厂的全部内容将并入华东轴承有限公司" in preview.text
    await chen.taps("🔗 确认合并", "负责人：李伟")

    told = await zhao.gets("两份档案已合并为一份")
    assert "华东轴承有限公司" in told.text
    assert "负责人：李伟" in told.text
    assert await zhao.phone.tap("🏭 客户", saved) == "这份档案已并入华东轴承有限公司，由李伟负责。"
    await story.li.taps("🏭 客户", "看了备件库", on=await story.li.gets("两份档案已合并为一份"))
    kept, gone = story.look(lambda session: session.scalars(select(Customer).order_by(Customer.id)).all())
    visit = story.look(lambda session: session.scalars(select(Visit)).one())
    assert (gone.merged_into_id, visit.customer_id) == (kept.id, kept.id)


async def test_a_reps_work_goes_to_her_successor_and_the_customer_reads_who_it_is(story: Story):
    li, wang, chen, zhao = story.li, story.wang, story.chen, story.zhao
    await li.says("/plan 华东轴承 下周三 谈备件", "谈备件")
    await li.taps("✅ 保存", "3月18日")
    await li.taps("🏭 客户", "负责人")
    await li.taps("⋯ 更多", "华东轴承有限公司")
    await li.taps("🤝 承诺", "还没有承诺")
    await li.taps("➕ 新承诺", "承诺")
    await li.says("寄轴承样品", "对谁承诺的")
    await li.taps("王芳", "到哪天为止")
    await li.says("下周五", "对方：王芳")

    await chen.says("/handover", "谁")
    await chen.taps("李伟 · 业务员", "谁")
    await chen.taps("赵敏 · 业务员", "客户1家 · 计划1项 · 承诺1项")
    await chen.taps("🔁 确认移交", "赵敏")
    told = await zhao.gets("李伟的客户现在由你负责")
    await zhao.taps("🏭 我的客户", "华东轴承有限公司", on=told)
    await wang.gets("从现在起，由赵敏为华东轴承有限公司服务")

    await wang.says("备件到了吗", "备件到了吗")
    await wang.taps("✉️ 给赵敏留言", "已转给赵敏")
    letter = await zhao.gets("王芳的留言")
    await zhao.taps("↩️ 回复", "备件到了吗", on=letter)
    await zhao.says("明天到", "已发给王芳")
    await wang.gets("赵敏的回复")
    await li.says("/customer 华东轴承", "没有")

    def whose(session: Session) -> set[str]:
        customer, plan, promise = (session.scalars(select(table)).one() for table in (Customer, Reminder, Pledge))
        return {customer.owner.name, plan.rep.name, promise.maker.name}

    assert story.look(whose) == {"赵敏"}


async def test_a_message_reaches_the_rep_her_answer_goes_back_and_both_stand_in_the_timeline(story: Story):
    li, wang = story.li, story.wang
    await wang.says("下周能派人来讲课吗", "下周能派人来讲课吗")
    await wang.taps("✉️ 给李伟留言", "已转给李伟")
    letter = await li.gets("王芳的留言")
    await li.taps("↩️ 回复", "下周能派人来讲课吗", on=letter)
    await li.says("可以，周三下午", "已发给王芳")

    answer = await wang.gets("李伟的回复")
    assert "可以，周三下午" in answer.text
    await wang.taps("↩️ 回复", "您想说什么", on=answer)
    await wang.says("谢谢", "谢谢")
    thanks = await li.gets("谢谢")
    timeline = await li.taps("🕘 往来记录", "往来记录", on=thanks)
    for line in ("王芳 · 下周能派人来讲课吗", "李伟 · 可以，周三下午", "王芳 · 谢谢"):
        assert line in timeline.text
    letters = story.look(lambda session: session.scalars(select(Letter).order_by(Letter.id)).all())
    assert [letter.words for letter in letters] == ["下周能派人来讲课吗", "可以，周三下午", "谢谢"]


async def test_a_contact_has_several_roles_and_the_card_says_who_is_missing(story: Story):
    li = story.li
    await li.says("/customer 华东轴承", "采购中心还没有记录")
    await li.taps("👥 联系人", "王芳")
    await li.taps("➕ 添加联系人", "联系人")
    await li.says("何军", "职务")
    await li.says("采购部长", "电话")
    await li.says("138 0000 0000", "138 0000 0000")
    await li.taps("✅ 保存", "☎️ 138 0000 0000")
    await li.taps("🎭 采购角色", "何军")
    await li.taps("☐ 决策者", "何军")
    await li.taps("☐ 采购者", "何军")
    await li.taps("‹ 返回", "🎭 决策者、采购者")
    await li.taps("🏭 客户", "还不知道谁是")

    def roles(session: Session) -> list[BuyingRole]:
        return session.scalars(select(Contact).where(Contact.name == "何军")).one().roles

    assert story.look(roles) == [BuyingRole.DECIDER, BuyingRole.BUYER]


async def test_a_contract_is_kept_with_its_paper_and_announced_twice_before_it_ends(story: Story):
    li = story.li
    await opens_the_file(li)
    await li.taps("📑 合同", "还没有合同")
    await li.taps("➕ 新增合同", "什么合同")
    await li.says("备件框架合同 HT-2026-01 35万 2026-01-01至2026-07-01", "✅ 保存")
    await li.phone.document("合同.pdf", PDF)
    await li.sees("📎")
    await li.taps("✅ 保存", "¥350,000.00")

    await story.moves_to("2026-04-01 09:00")
    assert story.look(contract).told is None
    await story.moves_to("2026-04-02 09:00")
    await li.gets("还有90天到期")
    await story.moves_to("2026-06-01 09:00")
    notice = await li.gets("还有30天到期")
    assert "📑 合同快到期了" in notice.text
    await li.taps("📎 附件（1）", "附件见上方", on=notice)
    assert (await li.sees_file()).document == PDF
    kept = story.look(contract)
    paper = story.look(lambda session: session.scalars(select(Attachment)).one())
    assert (kept.ends, kept.told, paper.contract_id) == (date(2026, 7, 1), 30, kept.id)


async def test_a_rep_of_another_team_sees_nothing_until_it_is_granted_and_then_her_looks_are_noted(story: Story):
    li, zhao, chen = story.li, story.zhao, story.chen
    story.change(zhao_goes_to_another_team_and_wangs_number_is_known)
    nothing = await zhao.says("/customer 华东轴承", "没有找到")
    customer = f"/customers/{story.cast.customer}"
    for forged in (customer, f"{customer}/contacts", f"{customer}/timeline", f"{customer}/brief"):
        assert "没有找到" in (await zhao.phone.press(nothing.id, forged) or ""), forged

    await opens_the_file(li)
    await li.taps("🔐 查看权限", "华东轴承有限公司")
    await li.taps("➕ 授予权限", "哪位同事")
    await li.taps("赵敏 · 业务员", "赵敏 · 由李伟")
    told = await zhao.gets("你现在可以查看这家客户了")
    await zhao.taps("🏭 客户", "负责人：李伟", on=told)
    await zhao.taps("👥 联系人", "王芳")
    await zhao.taps("王芳", "021-6000 0000")

    await opens_the_file(chen)
    await chen.taps("🔐 查看权限", "赵敏")
    await chen.taps("👁 查看记录", "赵敏 · 查看了联系方式 · 王芳")
    looked = select(AuditEntry.actor_id).where(AuditEntry.action == "contact.viewed")
    granted = select(Access.person_id)
    assert story.look(lambda session: session.scalar(looked)) == story.look(lambda session: session.scalar(granted))


def zhao_goes_to_another_team_and_wangs_number_is_known(session: Session) -> None:
    zhao = session.scalars(select(Person).where(Person.name == "赵敏")).one()
    zhao.team_id = added(session, Team(name="西南组")).id
    session.scalars(select(Contact)).one().phone = "021-6000 0000"
