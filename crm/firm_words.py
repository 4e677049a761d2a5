"""The words firms' names are made of beside the brand: where they are, and what they make."""

from __future__ import annotations

_PLACES = """
北京 天津 上海 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 四川
贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾 中国 华东 华北 华南 华中 西南 西北 东北 东南 北方 南方 东方
西部 东部 中原 江南 长江 黄河 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城
朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口
阜新 辽阳 盘锦 铁岭 葫芦岛 长春 四平 通化 白山 松原 哈尔滨 齐齐哈尔 鸡西 鹤岗 大庆 伊春 佳木斯 牡丹江 绥化 南京 无锡
徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 宜兴 常熟 张家港 太仓 启东 如皋 丹阳 杭州 宁波 温州
嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 诸暨 海宁 桐乡 温岭 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆
黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 南昌 景德镇 萍乡 九江 新余
鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封
洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感
荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 广州 韶关 深圳 珠海 汕头 佛山
江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 顺德 南宁 柳州 桂林 梧州 北海 钦州 贵港
玉林 海口
三亚 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳 六盘水 遵义 安顺
昆明 曲靖 玉溪 保山 昭通 丽江 大理 拉萨 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 兰州 嘉峪关 金昌 白银 天水 武威
张掖 酒泉 庆阳 定西 西宁 银川 石嘴山 吴忠 乌鲁木齐 克拉玛依 吐鲁番 哈密
beijing shanghai tianjin chongqing shenzhen guangzhou suzhou wuxi hangzhou ningbo hong hanoi penang bangkok bandung
pune almaty singapore tokyo seoul mumbai delhi jakarta manila saigon
"""
PLACES = frozenset(_PLACES.split())
"""Where firms are: a place alone names none of them."""
_TRADES = """
轴承 水泵 泵业 泵阀 阀门 控制 机械 机床 机电 电机 电气 电器 电力 电子 电路 电缆 重工 轻工 传动 减速 钢铁 钢构 特钢 铝业
铜业 铸造 锻造 热电 风电 光伏 能源 新能 化工 化学 精细 精密 材料 新材 涂料 塑料 橡胶 汽车 车桥 变速 零部 连接 半导 食品
饮料 乳业 粮油 矿业 矿山 矿机 水泥 建材 砂石 贸易 供应 工业 工程 设备 自动 智能 科技 技术 造纸 纸业 纺织 印染 印刷 包装
水务 环保 制造 制药 医药 物流 仓储 实业 发展 销售 经销 配件 备件 油泵 气动 液压 仪表 仪器 模具 五金 玻璃 陶瓷 木业 家具
服装 船舶 港口 铁路 轨道 航空 航天 石油 石化 天然 燃气 煤业 煤矿 焦化 冶金 有限 公司 股份 集团 责任 检修 维修
north south east west northern southern eastern western central general national international industrial first
new global united the pumps pump bearings bearing machinery steel power chemicals parts electronics foods cement
supply paper motors
"""
_CITY_OR_PROVINCE = "市省"
TRADES = frozenset(_TRADES.split())
"""What firms make or do, as in all names of their kind: it names none of them either."""

_KINDS_OF_FIRM = """
公司 集团 工厂 厂 泵业 机械 机床 机电 电气 电力 电子 重工 钢铁 铝业 铜业 铸造 锻造 能源 化工 食品 饮料 乳业 粮油 矿业
水泥 建材 贸易 工业 科技 纸业 造纸 纺织 印染 环保 制造 制药 医药 物流 实业 石化 冶金 汽车
"""
KINDS_OF_FIRM = tuple(_KINDS_OF_FIRM.split())
"""What the name of a firm ends with, and words about goods hardly ever do."""


def place_of(name: str) -> str:
    """Return the place that a name in Chinese begins with, as 无锡 or 无锡市; "" when it begins with the brand."""
    for length in (4, 3, 2):
        if name[:length] in PLACES:
            return name[: length + 1] if name[length : length + 1] in {"市", "省"} else name[:length]
    return ""


def other_place(name: str, place: str) -> bool:
    """Return whether a name begins with another place than this one: 包头正阳 is not 南通正阳."""
    own = place_of(name)
    return bool(own and place) and own.rstrip(_CITY_OR_PROVINCE) != place.rstrip(_CITY_OR_PROVINCE)


def place_before(words: str) -> str:
    """Return the place that words end with, "" when they end with none."""
    bare = words[:-1] if words[-1:] in _CITY_OR_PROVINCE else words
    return next((bare[-length:] for length in (4, 3, 2) if bare[-length:] in PLACES), "")
