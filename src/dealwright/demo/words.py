"""Words of the sample company. All names are made up; a likeness with anybody is chance."""

from __future__ import annotations

from typing import NamedTuple

COMPANY = "澄湖智维"
TEAMS = ("华东一部", "华南二部", "大客户部")


class Person(NamedTuple):
    """Somebody of the sample company.

    share: of all deals; skill: on winning, 1 is usual; pace: days taken, 1 is usual; care: contacts kept up, 1 is usual.
    """

    name: str
    email: str
    role: str
    title: str
    team: int | None
    share: float = 0.0
    skill: float = 1.0
    pace: float = 1.0
    care: float = 1.0


PEOPLE = (
    Person("苏映禾", "su@example.com", "administrator", "总经理（管理员）", None, 0.03, 1.15, 0.9, 1.0),
    Person("程一禾", "cheng@example.com", "sales_manager", "华东一部经理", 0, 0.06, 1.15, 0.9, 1.2),
    Person("顾南乔", "gu@example.com", "salesperson", "销售", 0, 0.14, 1.12, 0.85, 1.3),
    Person("陶一苇", "tao@example.com", "salesperson", "销售", 0, 0.12, 0.92, 1.15, 0.8),
    Person("裴安澜", "pei@example.com", "salesperson", "销售", 0, 0.10, 1.0, 1.0, 1.0),
    Person("白露", "bai@example.com", "assistant", "销售助理", 0),
    Person("陆知遥", "lu@example.com", "sales_manager", "华南二部经理", 1, 0.06, 1.05, 1.0, 1.1),
    Person("温书白", "wen@example.com", "salesperson", "销售", 1, 0.13, 1.08, 0.95, 1.1),
    Person("沈砚秋", "shen@example.com", "salesperson", "销售", 1, 0.11, 0.85, 1.25, 0.6),
    Person("江晚舟", "jiang@example.com", "salesperson", "销售（新人）", 1, 0.08, 0.78, 1.2, 1.1),
    Person("韩知白", "han@example.com", "sales_manager", "大客户部经理", 2, 0.07, 1.2, 1.05, 1.2),
    Person("卫青崖", "wei@example.com", "salesperson", "大客户销售", 2, 0.10, 1.05, 1.1, 0.9),
)

# A surname and how it begins an e-mail address.
SURNAMES = {
    "谢": "xie", "陶": "tao", "季": "ji", "陆": "lu", "沈": "shen", "江": "jiang", "柳": "liu", "韩": "han", "卫": "wei",
    "白": "bai", "秦": "qin", "温": "wen", "傅": "fu", "钟": "zhong", "方": "fang", "叶": "ye", "姜": "jiang", "丁": "ding",
    "罗": "luo", "孟": "meng", "阮": "ruan", "邵": "shao", "祝": "zhu", "贺": "he", "易": "yi", "常": "chang", "施": "shi",
    "严": "yan", "岑": "cen", "闻": "wen", "蒋": "jiang", "许": "xu", "梁": "liang", "宋": "song", "唐": "tang", "冯": "feng",
}  # fmt: skip
GIVEN = (
    "望舒", "简", "云归", "知遥", "砚秋", "晚舟", "如是", "知白", "青崖", "观海", "故", "映川", "怀瑾", "以宁", "景行", "清和", "若水",
    "长风", "思远", "明远", "嘉树", "予安", "之恒", "书言", "亦舟", "闻溪", "南山", "北辰", "子衿", "修远", "沐阳", "听澜", "照野",
    "一诺", "致远", "安然", "可欣", "文清", "立群", "建业", "国梁", "海峰", "晓岚", "雨桐", "丽华", "俊杰", "秀兰", "志强", "慧敏",
)  # fmt: skip

# Two syllables of a firm's name that mean nothing together, and what it makes.
FIRST = "青临远云南白沐岚禾松星朔槐拾竹汀鹿望北澄栖砚霁岫渡鹭茗筠荻汐嵩泠沅皓翊"
SECOND = "禾澜汀岭溪石川桥屿杉渚塬荫光里洲泉舒渡湖崖池峰原野木舟岸坞浦陵苇"
TRADES: dict[str, tuple[str, ...]] = {
    "manufacturing": ("精密制造", "智能装备", "轴承", "机械", "重工", "模具", "数控机床", "泵业"),
    "electronics": ("电子", "半导体", "光电", "精密电路"),
    "software": ("软件", "信息技术", "数据科技", "云服务"),
    "medical": ("医疗器械", "生物科技", "制药", "诊断试剂"),
    "finance": ("融资租赁", "商业保理", "资产管理"),
    "retail": ("连锁超市", "家居", "商贸", "百货"),
    "logistics": ("物流", "冷链", "仓储", "供应链"),
    "energy": ("热力", "燃气", "新能源", "储能"),
    "food": ("食品", "饮料", "乳业", "粮油"),
    "chemicals": ("化工", "新材料", "塑业", "涂料"),
    "textile": ("纺织", "印染", "服饰"),
    "construction": ("建设", "幕墙工程", "建材"),
    "education": ("教育", "职业培训"),
    "government": ("水务", "公共交通", "产业园区"),
    "services": ("工程咨询", "检测技术", "物业服务"),
}
# Most are called by their short name; a long one now and then shows that screens cope.
FORMS = ("", "", "", "", "", "", "", "有限公司", "集团", "股份有限公司")
INDUSTRIES = {
    "manufacturing": 30.0, "electronics": 9.0, "food": 8.0, "chemicals": 8.0, "logistics": 7.0, "energy": 7.0,
    "medical": 6.0, "textile": 5.0, "software": 4.0, "retail": 4.0, "construction": 4.0, "government": 3.0,
    "services": 2.0, "education": 2.0, "finance": 1.0,
}  # fmt: skip
# Where each team's customers are: regions by code.
REGIONS = (
    ("3205", "3202", "3301", "3302", "3201", "3304", "3402"),
    ("4401", "4403", "4406", "4419", "3502", "4301", "4501"),
    ("11", "3702", "4201", "5101", "6101", "2102", "12"),
)
EMPLOYEES = ("e1_19", "e20_99", "e100_499", "e500_999", "e1000_4999", "e5000")
TITLES = (
    "生产副总", "设备部经理", "采购主管", "总经理", "信息部主任", "财务总监", "能源主管", "IT 工程师", "工厂长", "安环部经理",
)  # fmt: skip
BUYING_ROLES = ("decision_maker", "evaluator", "influencer", "user", "purchaser")


class Product(NamedTuple):
    """Something the company sells. price in yuan."""

    code: str
    name: str
    line: str
    unit: str
    price: int
    weight: float


PRODUCTS = (
    Product("PT-STD", "设备管理平台 标准版", "平台", "year", 68_000, 9),
    Product("PT-PRO", "设备管理平台 专业版", "平台", "year", 128_000, 6),
    Product("PT-GRP", "设备管理平台 集团版", "平台", "year", 360_000, 2),
    Product("PM-KIT", "预测性维护套件", "应用", "set", 96_000, 8),
    Product("EN-MON", "能耗监测套件", "应用", "set", 54_000, 7),
    Product("QC-VIS", "视觉质检套件", "应用", "set", 145_000, 3),
    Product("INS-ROB", "巡检机器人租赁", "应用", "month", 18_000, 3),
    Product("CC-MON", "冷链监测套件", "应用", "set", 42_000, 4),
    Product("GW-100", "边缘网关 G100", "硬件", "piece", 3_200, 5),
    Product("GW-300", "边缘网关 G300", "硬件", "piece", 6_800, 3),
    Product("SN-VIB", "无线振动传感器", "硬件", "piece", 980, 4),
    Product("SN-TMP", "温度压力传感器", "硬件", "piece", 460, 2),
    Product("SV-IMP", "实施服务", "服务", "day", 2_400, 0),
    Product("SV-MNT", "年度运维服务", "服务", "year", 48_000, 6),
    Product("SV-TRN", "培训", "服务", "day", 4_800, 0),
    Product("SV-INT", "系统集成开发", "服务", "day", 3_200, 1),
)
IMPLEMENTATION = 12  # place of the service that goes with most things
