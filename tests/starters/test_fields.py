"""The sales starter has every field that a sales company expects, in both languages, object by object."""

import re

import pytest

from dealwright.starters import service

# Chinese and English name, type. A type after "|" would do as well; "-" and a reason: knowingly not there yet.
EXPECTED = {
    "lead": """
        姓名/Name/text 称谓/Salutation/select 性别/Gender/select 职位/Job title/text 公司名称/Company/text 手机/Mobile/phone
        电话/Phone/phone 微信号/WeChat ID/text 邮箱/Email/email 网站/Website/url 地区/Region/region 详细地址/Address/text
        行业/Industry/select 员工规模/Employees/select 年营收/Annual revenue/money 意向产品/Products of interest/relation_many
        客户需求/Need/long_text 预计金额/Expected amount/money 状态/Status/select 意向程度/Intent/select 评分/Score/number
        来源/Source/select 来源详情/Source detail/select 市场活动/Campaign/relation 渠道介质/Medium (UTM)/text
        推荐人/Referred by/text 响应截止/Respond by/datetime 首次响应/First responded/datetime
        下次跟进/Next follow-up/datetime 最近联系/Last contact/roll_up 无效原因/Lost reason/select
        无效说明/Lost notes/long_text 勿扰/Do not contact/boolean 转化时间/Converted at/datetime
        转化为客户/Converted to account/relation 转化为联系人/Converted to contact/relation
        转化为商机/Converted to opportunity/relation
    """,
    "account": """
        客户名称/Name/text 简称/Short name/text 统一社会信用代码/Credit code/text 网站/Website/url 电话/Phone/phone
        邮箱/Email/email 上级客户/Parent account/relation 客户类型/Type/select 行业/Industry/select
        员工规模/Employees/select 年营收/Annual revenue/money 地区/Region/region 账单地址/Billing address/text
        收货地址/Shipping address/text 客户来源/Source/select 来源线索/Original lead/relation
        理想客户/Ideal customer/boolean 战略合作伙伴/Strategic partner/boolean 客户分层/Tier/select
        分层说明/Tier reason/text 分层锁定至/Tier override until/date 年采购额/Purchases, 12 months/money
        累计回款/Received total/roll_up 应收余额/Receivable/formula 信用额度/Credit limit/money
        互动次数/Interactions/roll_up 最近联系/Last contact/roll_up 生命周期/Lifecycle/select
        发票抬头/Invoice title/text 税号/Tax number/text 开户行/Bank/text 银行账号/Bank account/text
        注册地址电话/Registered address and phone/text
    """,
    "contact": """
        姓名/Name/text 所属客户/Account/relation 兼任客户/Other accounts/line_items 职位/Title/text 部门/Department/text
        决策角色/Buying role/select 手机/Mobile/phone 电话/Phone/phone 邮箱/Email/email 微信号/WeChat ID/text
        企微外部联系人/WeCom external id/text 生日/Birthday/month_day 农历生日/Lunar birthday/boolean
        语言/Language/select 首要联系人/Primary/boolean 勿电话/Do not call/boolean 已退订/Opted out/boolean 地址/Address/text
    """,
    "opportunity": """
        商机名称/Name/text 客户/Account/relation 主要联系人/Main contact/relation 联系人角色/Contact roles/line_items
        金额/Amount/money 汇率/Exchange rate/number 产品明细/Lines/line_items 来源/Source/select
        市场活动/Campaign/relation 来源线索/Lead/relation 商机类型/Deal type/select 流程/Pipeline/pipeline
        阶段/Stage/stage 上一阶段/Last stage/text 赢率/Probability/percent 加权金额/Weighted amount/formula
        预计成交日/Expected close/date 实际关闭时间/Closed at/datetime 预测类别/Forecast category/select
        下一步/Next step/text 最近动作/Last action/roll_up 停留天数/Days in stage/formula 折扣率/Discount/formula
        竞争对手/Competitors/tags 赢单金额/Won amount/money 输单原因/Lost reason/select 输单说明/Lost notes/long_text
        赢单要素/Win factors/multi_select
    """,
    "product": """
        产品编码/Code/text 产品名称/Name/text 产品线/Product line/text 单位/Unit/select 标准价/List price/money 成本/Cost/money
        税率/Tax rate/percent 最低折扣/Discount floor/percent 上架状态/Active/boolean 描述/Description/long_text
        图片/Image/image 价格表/Price books/line_items
    """,
    "quote": """
        报价单名称/Name/text 商机/Opportunity/relation 客户/Account/relation 联系人/Contact/relation
        报价日期/Quote date/date 有效期至/Valid until/date 状态/Status/select 版本/Revision/number
        报价明细/Lines/line_items 折扣率/Overall discount/formula 税额/Tax/roll_up 总额/Total/formula 条款/Terms/long_text
        审批指纹/Approval fingerprint/text
    """,
    "contract": """
        合同名称/Name/text 客户/Account/relation 来源商机/Source deal/relation 来源报价单/Source quote/relation
        合同类型/Type/select 金额/Amount/money 合同明细/Lines/line_items 开始日期/Start date/date 结束日期/End date/date
        状态/Status/select 合同条款/Terms/long_text 签署方式/Signing provider/select 对方签署人/Customer signee/text
        我方签署人/Our signee/user 签订时间/Signed at/datetime 签署回执/Signing envelope id/text
        履约状态/Fulfilment status/select 履约截止/Fulfilment deadline/date 提前提醒天数/Notice days/number
        续约商机/Renewal deal/relation 已回款/Received/roll_up 未回款/Outstanding/formula 已开票/Invoiced/money
    """,
    "payment": """
        合同/Contract/relation 期次/Instalment/number 比例/Portion/percent 计划回款金额/Planned amount/money
        计划回款日期/Due date/date 付款条件/Payment term/text 计划状态/Plan status/select 客户/Account/relation
        实收金额/Amount received/money 到账日期/Received on/date 回款方式/Method/select 方向/Direction/select
        核销分配/Allocations/line_items 状态/Status/select 凭证/Voucher/file
    """,
    "task": """
        主题/Title/text 状态/Status/select 优先级/Priority/select 开始时间/Start/datetime 截止时间/Due/datetime
        完成时间/Completed at/datetime 是否逾期/Overdue/formula 提醒/Reminders/multi_select 执行人/Assignee/user
        关联对象/Related to/relation_any 处理结果/Outcome/select 说明/Description/long_text
    """,
    "activity": """
        跟进对象/Subject type/select 跟进方式/Method/select 方向/Direction/select 状态/Status/select 开始时间/Start/datetime
        时长/Duration/duration 客户/Account/relation 联系人/Contacts/relation_many 线索/Lead/relation
        商机/Opportunity/relation 参与人/Attendees/users 意向产品/Products/relation_many 跟进内容/Content/long_text
        深度沟通/Qualifying contact/boolean 结果/Outcome/select 下次跟进/Next follow-up/datetime 录音/Recording/url
        签到位置/Check-in location/text
    """,
    "campaign": """
        活动名称/Name/text 活动类型/Type/select 状态/Status/select 开始日期/Start date/date 结束日期/End date/date
        预算/Budget/money 实际成本/Actual cost/money 发送数/Sent/number 打开数/Opened/number 点击数/Clicked/number
        退订数/Opted out/number 退信数/Bounced/number 线索数/Leads created/roll_up 收入/Revenue/roll_up
        投入产出比/ROI/formula
    """,
}

# What the list of fields asks for and the starter has otherwise or not yet, with the reason.
DIFFERENT = {
    "every object": "编号 负责人 协作人 团队 标签 附件 and who made and changed it when are standard fields of the model.",
    "lead.所属公海": "a reference to a pool; pools come with the assignment engine.",
    "lead.转化结果": "one reference each to account, contact and opportunity, so that each can be filtered.",
    "address": "a text of 500 characters; the region of a person or company is a field of its own.",
    "account.近90天互动": "a roll-up over a moving window has to be recounted daily; until then all interactions count.",
    "contact.所属客户": "one main account to list and filter by, the others with role and inactive flag as lines.",
    "opportunity.币种": "part of every field of money, not a field beside it.",
    "opportunity.流程版本": "kept with each visit of a stage.",
    "opportunity.系统赢率": "learned by the reports engine.",
    "opportunity.竞争对手": "free words until there is an object of competitors.",
    "opportunity.关联案例": "articles come with the knowledge base.",
    "product.产品线": "a text until there is a field type of trees besides regions.",
    "product.价格表": "lines of name and price.",
    "rich text": "a long text until the editor of the knowledge base is there.",
    "quote.报价单号, contract.合同编号, payment.回款编号": "the standard number of each object, with a format of its own.",
    "contract.来源单据": "one reference each to quote and deal.",
    "contract.模板": "templates come with the integrations.",
    "payment.币种": "part of every field of money.",
    "payment.发票": "there is no object of invoices yet.",
    "task.来源规则": "rules come with the rule engine.",
    "campaign.目标名单, 排除名单, 表单": "lists and forms come with segments and forms.",
}


def wanted(text):
    return re.findall(r"([^\s/]+)/(.+?)/([a-z_]+)(?=\s|$)", " ".join(text.split()))


@pytest.fixture(scope="module")
def sales():
    return {obj["key"]: obj for obj in service.starter("sales")["objects"]}


def test_the_starter_has_exactly_these_objects(sales):
    assert sorted(sales) == sorted(EXPECTED)


@pytest.mark.parametrize("object_key", EXPECTED)
def test_an_object_has_the_fields_that_are_expected(sales, object_key):
    there = {(f["zh"], f["en"], f["type"]) for f in sales[object_key]["fields"]}
    listed = wanted(EXPECTED[object_key])

    assert len(listed) > 10
    assert [line for line in listed if line not in there] == []


def test_everything_has_its_name_in_both_languages(sales):
    for obj in sales.values():
        for field in obj["fields"]:
            for one in (field, *field.get("options", ()), *field.get("fields", ())):
                assert one["zh"].strip(), (obj["key"], one)
                assert one["en"].strip(), (obj["key"], one)


def test_the_standard_fields_are_on_every_object(open_desk):
    desk = open_desk("sqlite", "sales")
    standard = {"serial", "owner", "collaborators", "team", "tags", "files", "created_at", "created_by", "modified_at"}
    for obj in desk.admin.get("/objects")["objects"]:
        if obj["kind"] == "object":
            assert standard <= {field["key"] for field in obj["fields"]}, obj["key"]


def test_the_pipeline_has_six_stages_and_a_way_to_lose():
    for name in ("sales", "simple"):
        stages = service.starter(name)["pipelines"][0]["stages"]
        assert [stage["kind"] for stage in stages][-2:] == ["won", "lost"]
    sales = service.starter("sales")["pipelines"][0]["stages"]
    assert [(stage["zh"], stage["en"]) for stage in sales] == [
        ("线索获取", "Lead"), ("初步接触", "First contact"), ("需求挖掘", "Needs discovery"), ("方案呈现", "Solution"),
        ("商务谈判", "Negotiation"), ("赢单", "Won"), ("输单", "Lost"),
    ]  # fmt: skip


def test_the_roles_are_those_of_the_matrix(open_desk):
    roles = open_desk("sqlite", "sales").admin.get("/roles")["roles"]
    assert {role["key"] for role in roles} >= {
        "administrator", "designer", "sales_manager", "salesperson", "assistant", "analyst",
    }  # fmt: skip


def test_every_field_that_is_named_somewhere_exists(sales):
    for obj in sales.values():
        keys = {field["key"] for field in obj["fields"]} | {
            "serial", "owner", "team", "tags", "files", "created_at", "modified_at", "collaborators",
        }  # fmt: skip
        named = [*obj["form"], *obj["list"], *obj.get("key_fields", ()), obj["name_field"]]
        assert [key for key in named if key not in keys] == [], obj["key"]


def test_what_is_knowingly_different_says_why():
    assert all(len(reason) > 15 for reason in DIFFERENT.values())
