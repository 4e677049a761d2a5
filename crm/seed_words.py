"""The words of the invented department: names, firms, notes and complaints of an industrial supplier."""

from __future__ import annotations

from models.complaint import ComplaintKind
from models.customer import BuyingRole, Industry, Region
from models.touch import TouchKind
from models.visit import Outcome, VisitKind

TEAMS: dict[str, tuple[Region, ...]] = {
    "华东组": (Region.EAST, Region.ABROAD),
    "北方组": (Region.NORTH, Region.NORTHEAST, Region.NORTHWEST),
    "南方组": (Region.SOUTH, Region.CENTRAL, Region.SOUTHWEST),
}
MANAGERS = ("陈静", "高建国", "罗敏")
ADMIN = "孙丽"
REPS = ("李伟", "赵敏", "周涛", "吴倩", "郑凯", "冯雪", "何勇", "许佳", "邓磊", "彭飞", "曹颖", "袁浩")

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任"
GIVEN = (
    *("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋"),
    *("勇", "艳", "杰", "娟", "涛", "明", "超", "霞", "平", "刚"),
    *("建国", "志强", "晓东", "海燕", "春梅", "国庆", "文斌", "雪梅", "立新", "红梅", "玉兰", "永强", "少华", "振宇"),
    *("子轩", "雨桐", "浩然", "思远", "佳怡", "梦琪", "俊杰", "欣怡", "宇航", "一鸣", "嘉豪", "诗涵", "天佑", "可欣"),
)
POSITIONS = (
    *("设备工程师", "采购经理", "生产主管", "质量工程师", "车间主任", "设备科长", "维修班长"),
    *("仓库主管", "副总经理", "工艺工程师", "电气工程师", "采购员"),
)

PLACES: dict[Region, tuple[str, ...]] = {
    Region.EAST: ("苏州", "无锡", "宁波", "杭州", "常州", "南通", "合肥", "青岛", "嘉兴", "昆山", "烟台", "厦门"),
    Region.NORTH: ("天津", "唐山", "石家庄", "太原", "保定", "沧州", "包头", "大同"),
    Region.NORTHEAST: ("沈阳", "大连", "长春", "哈尔滨", "鞍山", "大庆", "吉林"),
    Region.CENTRAL: ("武汉", "郑州", "洛阳", "长沙", "株洲", "襄阳", "新乡", "南昌"),
    Region.SOUTH: ("佛山", "东莞", "深圳", "中山", "珠海", "惠州", "柳州", "江门"),
    Region.SOUTHWEST: ("重庆", "成都", "德阳", "绵阳", "昆明", "贵阳", "宜宾"),
    Region.NORTHWEST: ("西安", "宝鸡", "兰州", "银川", "乌鲁木齐", "咸阳"),
    Region.ABROAD: ("Hanoi", "Penang", "Bangkok", "Bandung", "Pune", "Almaty"),
}
BRANDS = (
    *("恒力", "锐驰", "金鼎", "华锐", "天工", "盛达", "联创", "远东", "宏源", "鼎新", "博远", "中泰", "瑞丰", "长风"),
    *("海川", "科锐", "力源", "鑫泰", "永固", "南方", "信达", "凯盛", "通达", "龙腾", "百川", "正阳", "启明", "东升"),
)
TRADES: dict[Industry, tuple[str, ...]] = {
    Industry.MACHINERY: ("机械", "机床", "重工", "传动设备"),
    Industry.METALLURGY: ("钢铁", "铸造", "特钢", "铝业"),
    Industry.ENERGY: ("热电", "风电设备", "新能源", "电力设备"),
    Industry.CHEMICALS: ("化工", "精细化工", "新材料", "涂料"),
    Industry.AUTOMOTIVE: ("汽车零部件", "车桥", "变速器", "汽车座椅"),
    Industry.ELECTRONICS: ("电子", "电路板", "连接器", "半导体设备"),
    Industry.FOOD: ("食品", "饮料", "乳业", "粮油"),
    Industry.MINING: ("矿业", "水泥", "矿山机械", "砂石"),
    Industry.TRADE: ("机电贸易", "工业品供应链", "轴承经销", "泵阀销售"),
    Industry.OTHER: ("造纸", "纺织", "印染", "水务"),
}
TRADES_ABROAD: dict[Industry, str] = {
    Industry.MACHINERY: "Machinery",
    Industry.METALLURGY: "Steel",
    Industry.ENERGY: "Power",
    Industry.CHEMICALS: "Chemicals",
    Industry.AUTOMOTIVE: "Auto Parts",
    Industry.ELECTRONICS: "Electronics",
    Industry.FOOD: "Foods",
    Industry.MINING: "Cement",
    Industry.TRADE: "Industrial Supply",
    Industry.OTHER: "Paper",
}
ENDINGS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "集团有限公司", "有限责任公司")

FAMILIES: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "product": ("6308轴承", "调心滚子轴承", "圆锥滚子轴承", "22220轴承", "角接触轴承", "轴承座"),
        "problem": ("异响", "温升偏高", "游隙偏大", "保持架断裂", "润滑脂发黑", "滚道有压痕"),
    },
    {
        "product": ("离心泵", "多级泵", "齿轮泵", "化工泵", "自吸泵", "循环水泵"),
        "problem": ("机封渗水", "振动偏大", "扬程不够", "联轴器偏磨", "电机过热", "停机倒转"),
    },
    {
        "product": ("低压控制柜", "变频柜", "PLC控制柜", "软启动柜", "配电箱"),
        "problem": ("端子松动", "指示灯误报", "变频器过流报警", "风扇不转", "通讯时断时续", "接触器粘连"),
    },
)
"""A product and what goes wrong with it belong together."""
SLOTS: dict[str, tuple[str, ...]] = {
    "line": ("1号线", "2号线", "3号线", "5号线", "东车间", "新车间", "循环水泵房", "涂装线", "锅炉房", "包装线"),
    "who": ("设备科", "采购", "车间主任", "维修班", "生产主管", "质检", "电工班", "仓库"),
    "state": ("运行平稳", "振动值在标准内", "温度比上月低两度", "噪音略大，先观察", "暂无异常", "各项数据正常"),
    "ask": ("降价3个点", "账期放到60天", "交期压到两周", "寄存一批备件", "带安装指导", "按季度开票", "先送两台试用"),
    "follow": (
        *("下周三前报价", "月底再来一趟", "等对方技术确认", "回去查库存", "把样本寄过去", "约质检一起来看"),
        *("周五前给回复", "下周带工程师来", "先出一份方案", "月初补一次培训"),
    ),
    "then": ("等对方领导拍板", "月底前给答复", "下次带样品来", "再约时间细谈", "等预算批下来"),
    "rival": ("有家同行报价低5%", "对方在试进口件", "竞品上周也来过", "年底要重新招标", "集团要统一采购"),
    "count": ("2", "3", "4", "6", "8", "12", "20"),
    "hours": ("2", "4", "8", "24"),
}
NOTES: dict[VisitKind, tuple[str, ...]] = {
    VisitKind.ROUTINE: (
        "看了{line}的{product}，{state}。和{who}过了一遍备件，{follow}。",
        "{line}巡检，{product}{state}。{who}说{rival}，要跟紧。",
        "和{who}对了库存，{product}还剩{count}套，够用到下个月。",
        "例行拜访，{line}{state}。{who}提到想{ask}。",
        "测了{line}{product}的振动和温度，{state}，数据留给{who}一份。",
    ),
    VisitKind.AFTER_SALES: (
        "更换{product}{count}套，试机{hours}小时，{state}。",
        "{line}{product}重新找正，{state}，{who}签字确认。",
        "处理{product}{problem}，现场培训{who}{count}人，{follow}。",
        "给{line}的{product}补了油，教了{who}加油周期。",
    ),
    VisitKind.BUSINESS: (
        "谈{product}年度框架，对方希望{ask}，{follow}。",
        "递交{product}{count}台的报价，{rival}。{follow}。",
        "和{who}谈{line}改造，要{product}{count}台，{follow}。",
        "合同续签，{who}同意主要条款，只差{ask}。",
    ),
    VisitKind.CARE: (
        "节前走访，{who}对上次处理{product}{problem}表示满意。",
        "送了新版样本和保养手册，{who}想看{product}的实物。",
        "请{who}参加下月的{product}使用交流会，{count}人报名。",
    ),
    VisitKind.CALL: (
        "电话回访，{who}说{line}{product}{state}。",
        "电话里问了{product}{problem}的后续，{who}说{state}，{follow}。",
        "电话确认{product}到货{count}套，{who}已入库。",
    ),
}
ENDINGS_OF_NOTES: dict[Outcome, tuple[str, ...]] = {
    Outcome.GOOD: ("", "", "", "气氛不错。", "对方认可我们的响应速度。"),
    Outcome.OPEN: ("还没定，{then}。", "要等{who}内部讨论。", "价格还在谈。"),
    Outcome.PROBLEM: ("现场反映{product}{problem}，已拍照带回。", "{who}对{product}{problem}有意见，先记下来。"),
    Outcome.NOBODY: ("到厂没见到人，{who}出差，门卫处留了名片。", "临时开会，没见到{who}，改天再约。"),
}
NEXT_STEPS = (
    "{follow}",
    "寄{product}样本",
    "报{product}{count}套的价",
    "带质检来看{problem}",
    "确认{ask}",
    "送保养手册",
)

COMPLAINTS: dict[ComplaintKind, tuple[str, ...]] = {
    ComplaintKind.QUALITY: (
        "{line}的{product}用了不到三个月就{problem}，请尽快来看。",
        "新到的{product}{count}套里有{problem}，不敢装机。",
        "{product}{problem}，已经换了一次还是这样。",
    ),
    ComplaintKind.DELIVERY: (
        "{product}{count}套说好上周到，现在还没发货。",
        "送来的型号不对，要的是{product}，少了{count}件。",
        "外箱压坏，{product}受潮，司机不肯签字。",
        "分两批到货，第二批{product}晚了{count}天，影响{line}检修。",
    ),
    ComplaintKind.SERVICE: (
        "报修{line}的{product}两天了没人来。",
        "上次来的师傅没把{product}{problem}处理好就走了。",
        "打售后电话三次都转接不通，{line}等着用。",
    ),
    ComplaintKind.PAPERWORK: (
        "发票抬头开错了，财务退回来了。",
        "{product}的发票还没收到，{who}催了两次。",
        "{line}那批{product}的保修卡填错了型号。",
        "{product}的合格证和检测报告没随货。",
        "对账单和送货单差{count}件，请核对。",
    ),
    ComplaintKind.OTHER: ("样本上的{product}尺寸和实物不一致。", "{product}的说明书只有英文，{who}看不懂。"),
}
REMEDIES: dict[ComplaintKind, tuple[str, ...]] = {
    ComplaintKind.QUALITY: ("免费更换{product}{count}套，并重新找正。", "返厂检测后更换密封，试机{hours}小时正常。"),
    ComplaintKind.DELIVERY: ("专车补发，已签收。", "更换正确型号，承担往返运费。"),
    ComplaintKind.SERVICE: ("安排资深工程师到场处理，{who}签字确认。", "建立专人对接群，两小时响应。"),
    ComplaintKind.PAPERWORK: ("重开发票并快递。", "补齐合格证和检测报告。"),
    ComplaintKind.OTHER: ("更正样本并道歉。", "补发中文说明书{count}份。"),
}
REASONS: dict[int, tuple[str, ...]] = {
    5: ("响应快，师傅专业", "交期准时", "质量稳定，用着放心", "处理得很彻底", ""),
    4: ("总体满意，价格再优惠些更好", "服务好，资料可以再全些", "还可以", ""),
    3: ("处理时间有点长", "一般，等后续效果", ""),
    2: ("换了两次才好", "沟通不及时", "同样的问题又出现"),
    1: ("影响了生产，没人道歉", "等了一周没有结果"),
}

DEMO_NOTE = "和王工看了3号线主轴承，温度比上月高5度，先加油观察。想了解自吸泵的价格。"
DEMO_STEP = "报自吸泵2台的价，再问3号线的温度"
"""What was said at the demo's customer last, and what was promised there for today."""

TAGS = (
    "样板客户",
    "技改项目",
    "续签中",
    "竞品进入",
    "账期较长",
    "季度对账",
    "备件寄存",
    "新产线",
    "需带资质",
    "交流会",
)
ROLES: dict[str, tuple[BuyingRole, ...]] = {
    "设备工程师": (BuyingRole.USER, BuyingRole.INFLUENCER),
    "采购经理": (BuyingRole.BUYER,),
    "生产主管": (BuyingRole.USER,),
    "质量工程师": (BuyingRole.INFLUENCER,),
    "车间主任": (BuyingRole.INITIATOR, BuyingRole.USER),
    "设备科长": (BuyingRole.INITIATOR, BuyingRole.INFLUENCER),
    "维修班长": (BuyingRole.USER,),
    "仓库主管": (BuyingRole.GATEKEEPER,),
    "副总经理": (BuyingRole.DECIDER,),
    "工艺工程师": (BuyingRole.INFLUENCER,),
    "电气工程师": (BuyingRole.INFLUENCER,),
    "采购员": (BuyingRole.BUYER, BuyingRole.GATEKEEPER),
}
EVIDENCE: dict[int, tuple[str, ...]] = {
    2: ("把我们推荐给了兄弟厂", "评标时为我们的{product}说明过技术参数", "{line}改造只邀请了我们现场勘测"),
    1: ("{problem}处理后当面致谢", "同意{product}先上{line}试用", "报价后主动来问交期"),
    0: ("只看价格，对品牌没有偏好", "询价时同时发给三家", "没有用过我们的{product}"),
    -1: ("嫌交期比同行长一周", "提过两次{product}{problem}", "要求付款方式改为验收后全款"),
    -2: ("招标时提出沿用原供应商", "{product}{problem}后停了我们的试用"),
}
CONTRACTS = (
    "轴承年度供货合同",
    "泵类备件框架协议",
    "控制柜维保协议",
    "传动件年度供货合同",
    "备件寄存协议",
    "产线技改供货合同",
)
TOUCHES: dict[TouchKind, tuple[str, ...]] = {
    TouchKind.CALL: (
        "{who}问{product}{count}套的交期，答应{follow}。",
        "确认{product}已到货，数量无误。",
        "{line}停机检修，请我们准备{product}{count}套。",
        "催上月货款，{who}说已在走流程。",
    ),
    TouchKind.MAIL: (
        "发去{product}报价和检测报告，等{who}回复。",
        "寄出{product}样本电子版，{who}已收到。",
        "对方来信{ask}，回复需要内部确认。",
    ),
    TouchKind.WECHAT: (
        "{who}发来{line}{product}照片，看着{state}。",
        "约下次见面，{who}说等检修排期。",
        "{who}问{product}{problem}怎么处理，已发操作说明。",
        "发了发货单号，{who}回复收到。",
    ),
}
PLEDGES = (
    "寄{product}样本",
    "报{product}{count}套的价",
    "带工程师来看{problem}",
    "补{product}的检测报告",
    "{line}停机时免费巡检一次",
    "确认{product}的交期并回话",
    "把合同盖章件寄回",
)

DEMO_EVIDENCE = "3号线技改的技术要求由她提，试用时选了我们的轴承"
DEMO_TOUCH = "王工说加油后3号线温度降了2度，请把检测报告发她一份。"
DEMO_PLEDGE = "把3号线轴承的检测报告发给王工"
